import type { ApiRoute } from '#/api/api-route.ts';
import { createOrgRobot, createUserRobot } from '#/api/robot/create-user-robot.ts';
import { deleteOrgRobot, deleteUserRobot } from '#/api/robot/delete-user-robot.ts';
import { getOrgRobot, getUserRobot } from '#/api/robot/get-user-robot.ts';
import {
  createOrgRobotFederation,
  createUserRobotFederation,
  deleteOrgRobotFederation,
  deleteUserRobotFederation,
  getOrgRobotFederation,
  getUserRobotFederation,
} from '#/api/robot/get-user-robot-federation.ts';
import { getOrgRobotPermissions, getUserRobotPermissions } from '#/api/robot/get-user-robot-permissions.ts';
import { getOrgRobots, getUserRobots } from '#/api/robot/get-user-robots.ts';
import {
  regenerateOrgRobotToken,
  regenerateUserRobotToken,
} from '#/api/robot/regenerate-user-robot-token.ts';

/** Robots of people and organizations. */
export const robotRoutes: readonly ApiRoute[] = [
  getUserRobots,
  getOrgRobots,
  getUserRobot,
  getOrgRobot,
  createUserRobot,
  createOrgRobot,
  deleteUserRobot,
  deleteOrgRobot,
  getUserRobotPermissions,
  getOrgRobotPermissions,
  regenerateUserRobotToken,
  regenerateOrgRobotToken,
  getUserRobotFederation,
  getOrgRobotFederation,
  createUserRobotFederation,
  createOrgRobotFederation,
  deleteUserRobotFederation,
  deleteOrgRobotFederation,
];
