import {
  defineNotificationEvent,
  type EventConfig,
  type EventData,
  listed,
  type NotificationEvent,
  type NotificationLevel,
  textIn,
} from './define-notification-event.ts';
import { checkRefExpression, matchesRef } from './ref-filter.ts';

const filterKey = 'ref-regex';

/** Builds without a ref are wanted only where nothing is filtered. */
function isWanted(data: EventData, config: EventConfig): boolean {
  const expression = config[filterKey];
  if (expression === undefined || expression === null || expression === '') return true;
  const { trigger_metadata: metadata } = data;
  const ref = typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'ref') : undefined;
  return typeof expression === 'string' && typeof ref === 'string' && matchesRef(expression, ref);
}

const sampleBuildId = '296ec063-5f86-4706-a469-f0a400bf9df2';
const sampleTrigger = {
  docker_tags: ['latest', 'foo', 'bar'],
  trigger_id: '1245634',
  trigger_kind: 'github',
  trigger_metadata: {
    default_branch: 'master',
    ref: 'refs/heads/somebranch',
    commit: '42d4a62c53350993ea41069e9f2cfdefb0df097d',
    commit_info: {
      url: 'https://example.com/acme/app/commit/42d4a62',
      message: 'This is a test',
      date: '2019-03-01T12:00:00Z',
      author: { username: 'fakeauthor', url: 'https://example.com/fakeauthor' },
      committer: { username: 'fakecommitter', url: 'https://example.com/fakecommitter' },
    },
  },
};
const sampleStarted = { build_id: sampleBuildId, build_name: 'some-fake-build', ...sampleTrigger };

function buildEvent(
  name: string,
  level: NotificationLevel,
  verb: string,
  sample: EventData | ((repository: string) => EventData),
): NotificationEvent {
  return defineNotificationEvent({
    name,
    level,
    checkConfig: (config) => checkRefExpression(config[filterKey]),
    isWanted,
    summary(repository, data) {
      const tags = listed(data, 'docker_tags');
      const about = tags.length === 0 ? '' : ` of ${tags.join(', ')}`;
      const reason = textIn(data, 'error_message');
      return `A build${about} in repository ${repository} ${verb}${reason === '' ? '' : `: ${reason}`}`;
    },
    page(data) {
      const id = textIn(data, 'build_id');
      return id === '' ? '' : `/build/${encodeURIComponent(id)}`;
    },
    sample: (repository) => (typeof sample === 'function' ? sample(repository.name) : sample),
  });
}

export const buildEvents: readonly NotificationEvent[] = [
  buildEvent('build_queued', 'info', 'was queued', (repository) => ({
    is_manual: false,
    manual_user: null,
    repo: repository,
    ...sampleStarted,
  })),
  buildEvent('build_start', 'info', 'was started', sampleStarted),
  buildEvent('build_success', 'success', 'succeeded', {
    ...sampleStarted,
    image_id: '1245657346',
    manifest_digests: ['sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  }),
  buildEvent('build_failure', 'error', 'failed', {
    ...sampleStarted,
    error_message: 'This is a fake error message',
  }),
  buildEvent('build_cancelled', 'info', 'was cancelled', sampleStarted),
];
