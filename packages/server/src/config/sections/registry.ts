import { key, section } from '#/config/key.ts';
import { boolean, integer, pattern, text, textList } from '#/config/value-types.ts';

export const registrySection = section('Registry protocol', {
  featureAdvertiseV2: key('FEATURE_ADVERTISE_V2', boolean, {
    default: true,
    since: '2.9',
    summary: 'Off: `/v2/` answers 404.',
  }),
  blacklistV2Spec: key('BLACKLIST_V2_SPEC', text, {
    default: '<1.6.0',
    since: '2.9',
    summary: 'Versions of Docker clients that get 404 at `/v2/`.',
  }),
  paginationSize: key('V2_PAGINATION_SIZE', integer(1, 10_000), {
    default: 50,
    since: '2.9',
    summary: 'Entries on a page of the catalogue and of tag lists.',
  }),
  featurePublicCatalog: key('FEATURE_PUBLIC_CATALOG', boolean, {
    default: false,
    since: '2.9',
    summary: 'The catalogue also lists public repositories.',
  }),
  featureLibrarySupport: key('FEATURE_LIBRARY_SUPPORT', boolean, {
    default: true,
    since: '2.9',
    summary: 'A name without a namespace means the library namespace.',
  }),
  libraryNamespace: key(
    'LIBRARY_NAMESPACE',
    pattern(/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/, 'the name of a namespace'),
    {
      default: 'library',
      since: '2.9 (not in its guide)',
      summary: 'That namespace.',
    },
  ),
  labelKeyReservedPrefixes: key('LABEL_KEY_RESERVED_PREFIXES', textList, {
    default: [],
    since: '2.9 (not in its guide)',
    summary: 'Label prefixes that users may not set, beside the built-in ones; each ends in a dot.',
  }),
  createPrivateRepositoryOnPush: key('CREATE_PRIVATE_REPO_ON_PUSH', boolean, {
    default: true,
    since: '3.6',
    summary: 'Repositories that a push creates are private.',
  }),
  createRepositoryOnPushPublic: key('CREATE_REPOSITORY_ON_PUSH_PUBLIC', boolean, {
    nullable: true,
    since: '3.6',
    summary: 'Repositories that a push creates are public, whatever `CREATE_PRIVATE_REPO_ON_PUSH` says.',
  }),
  featureOciManifests: key('FEATURE_GENERAL_OCI_SUPPORT', boolean, {
    default: true,
    since: '3.3',
    summary: 'Accept OCI manifests; off, pushes of them are answered 415.',
  }),
  createNamespaceOnPush: key('CREATE_NAMESPACE_ON_PUSH', boolean, {
    default: false,
    since: '3.6',
    summary: 'A push to an unknown namespace creates the organisation.',
  }),
  featureExtendedRepositoryNames: key('FEATURE_EXTENDED_REPOSITORY_NAMES', boolean, {
    default: true,
    since: '3.6',
    summary: 'Repository names may hold `/`.',
  }),
  featureReferrersApi: key('FEATURE_REFERRERS_API', boolean, {
    default: true,
    since: '3.12',
    summary: 'Answer the OCI referrers endpoint.',
  }),
  featureSparseIndex: key('FEATURE_SPARSE_INDEX', boolean, {
    default: false,
    since: '3.x',
    summary: 'An index may name manifests that the repository does not hold.',
  }),
  disablePushes: key('DISABLE_PUSHES', boolean, {
    default: false,
    since: '3.13',
    summary: 'Refuse pushes; everything else stays writable.',
  }),
});
