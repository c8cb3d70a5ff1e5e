import { key, section } from '#/config/key.ts';
import { boolean, duration, integer, listOf, textList } from '#/config/value-types.ts';

export const timeMachineSection = section('Time machine and garbage collection', {
  defaultTagExpirationSeconds: key('DEFAULT_TAG_EXPIRATION', duration, {
    default: '2w',
    since: '2.9',
    summary: 'How long removed tags of a new namespace can be restored.',
  }),
  tagExpirationOptionsSeconds: key('TAG_EXPIRATION_OPTIONS', listOf(duration), {
    default: ['0s', '1d', '1w', '2w', '4w'],
    since: '2.9',
    summary: 'What owners of a namespace may choose.',
  }),
  featureChangeTagExpiration: key('FEATURE_CHANGE_TAG_EXPIRATION', boolean, {
    default: true,
    since: '2.9',
    summary: 'Owners may choose at all.',
  }),
  labeledExpirationMinimumSeconds: key('LABELED_EXPIRATION_MINIMUM', duration, {
    default: '1h',
    since: '2.9 (not in its guide)',
    summary: 'Shortest life of a tag that is given an expiry.',
  }),
  labeledExpirationMaximumSeconds: key('LABELED_EXPIRATION_MAXIMUM', duration, {
    default: '104w',
    since: '2.9 (not in its guide)',
    summary: 'Longest life of a tag that is given an expiry.',
  }),
  featureGarbageCollection: key('FEATURE_GARBAGE_COLLECTION', boolean, {
    default: true,
    since: '3.2',
    summary: 'Remove what no tag needs any more.',
  }),
  garbageCollectionFrequencySeconds: key('GARBAGE_COLLECTION_FREQUENCY', integer(1), {
    default: 30,
    since: '2.9 (not in its guide)',
    summary: 'Seconds between two rounds of collection.',
  }),
  featureRepositoryGarbageCollection: key('FEATURE_REPOSITORY_GARBAGE_COLLECTION', boolean, {
    default: true,
    since: '3.3',
    summary: 'Purge deleted repositories.',
  }),
  featureNamespaceGarbageCollection: key('FEATURE_NAMESPACE_GARBAGE_COLLECTION', boolean, {
    default: true,
    since: '3.3',
    summary: 'Purge deleted users and organizations.',
  }),
  namespaceDeletionGraceSeconds: key('NAMESPACE_GC_GRACE_PERIOD_SECONDS', integer(), {
    default: 0,
    since: '3.x',
    summary: 'Seconds before those of `NAMESPACE_GC_GRACE_PERIOD_ALLOWLIST` are purged.',
  }),
  namespaceDeletionGraceNamespaces: key('NAMESPACE_GC_GRACE_PERIOD_ALLOWLIST', textList, {
    default: [],
    since: '3.x',
    summary: 'Users and organizations whose purge waits.',
  }),
});
