import type { DomainSettings } from '#/domain/services.ts';

/** Whether `ROBOTS_DISALLOW` leaves room for the robot of this full name. */
export function isRobotAllowed({ robots }: DomainSettings, name: string): boolean {
  return robots?.disallowed !== true || robots.exceptions.includes(name);
}
