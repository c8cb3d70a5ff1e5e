export { cleanConfiguration, keptVersions } from './clean-configuration.ts';
export type {
  ConfigurationContent,
  ConfigurationNode,
  ConfigurationVersion,
  ConfigurationVersionEntry,
} from './configuration-version.ts';
export { getConfigurationVersion } from './get-configuration-version.ts';
export {
  findLatestEntry as findLatestConfiguration,
  isKnownDigest as isKnownConfiguration,
  listEntries as listConfigurationVersions,
} from './queries.ts';
export { listConfigurationNodes, reportConfigurationNode } from './report-configuration-node.ts';
export { saveConfigurationVersion } from './save-configuration-version.ts';
