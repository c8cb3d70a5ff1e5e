/**
 * Operations of Quay's API that are not mounted, with the reason: the parity ledger. Whole groups first, then single operations. What
 * is neither mounted nor named here fails the test, and so does an entry whose operation is mounted.
 */
export const absentGroups: Readonly<Record<string, string>> = {
  billing: 'plans and invoices of the hosted service',
  bootstrap: 'comes with programmatic bootstrap',
  build: 'comes with builds',
  immutability_policy: 'comes with immutable tags',
  mirror: 'comes with repository mirrors',
  mirrorhealth: 'comes with repository mirrors',
  namespacenotification: 'comes with quotas',
  namespacequota: 'comes with quotas',
  org_mirror: 'comes with organization mirrors',
  policy: 'comes with auto-pruning',
  trigger: 'comes with builds',
};

export const absentOperations: Readonly<Record<string, string>> = {
  getManifestPullStatistics: 'comes with pull statistics',
  getTagPullStatistics: 'comes with pull statistics',
  getProxyCacheConfig: 'comes with proxy caches',
  createProxyCacheConfig: 'comes with proxy caches',
  deleteProxyCacheConfig: 'comes with proxy caches',
  validateProxyCacheConfig: 'comes with proxy caches',
  getSuperUserRepositoryMirrorHealth: 'comes with repository mirrors',
  listOrganizationQuotaSuperUser: 'comes with quotas',
  createOrganizationQuotaSuperUser: 'comes with quotas',
  deleteOrganizationQuotaSuperUser: 'comes with quotas',
  changeOrganizationQuotaSuperUser: 'comes with quotas',
  listUserQuotaSuperUser: 'comes with quotas',
  createUserQuotaSuperUser: 'comes with quotas',
  deleteUserQuotaSuperUser: 'comes with quotas',
  changeUserQuotaSuperUser: 'comes with quotas',
  getRepoBuildSuperUser: 'comes with builds',
  getRepoBuildLogsSuperUser: 'comes with builds',
  getRepoBuildLogsArchiveSuperUser: 'comes with builds',
  getRepoBuildStatusSuperUser: 'comes with builds',
};

/** Beside the table: those of Quay 2.9 that later releases moved into a tool of their own, and Wharf's own. */
export const ownOperations: readonly string[] = [
  'getCustomCertificates',
  'diffConfigurationVersions',
  'getStoredConfiguration',
  'listConfigurationVersions',
  'rollBackConfiguration',
  'scConfigFileExists',
  'scGetConfigTarball',
  'scStartNewConfig',
  'scUpdateConfig',
  'scUpdateConfigFile',
  'scUploadTarballConfig',
  'scValidateConfig',
  'scCreateInitialSuperuser',
  'scSetupDatabase',
  'uploadCustomCertificate',
  'deleteCustomCertificate',
  'initializeFirstUser',
  'getOpenApiDocument',
  'listUserSessions',
  'deleteUserSession',
];
