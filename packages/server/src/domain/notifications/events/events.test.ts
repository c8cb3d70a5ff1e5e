import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNotificationEvent, notificationEvents } from '#/domain/notifications/events/all-events.ts';
import type { EventConfig, EventData } from '#/domain/notifications/events/define-notification-event.ts';
import { matchesRef } from '#/domain/notifications/events/ref-filter.ts';

const repository = { namespace: 'acme', name: 'app' };

function eventNamed(name: string) {
  const event = findNotificationEvent(name);
  assert.ok(event !== undefined, name);
  return event;
}

const build = ['build_id', 'build_name', 'docker_tags', 'trigger_id', 'trigger_kind', 'trigger_metadata'];

/** Level and own keys of each event's sample, as the REST reference has them. */
const samples: readonly (readonly [string, string, readonly string[], string])[] = [
  [
    'repo_push',
    'primary',
    ['updated_tags', 'pruned_image_count'],
    'Repository acme/app has been updated (latest, foo)',
  ],
  [
    'repo_mirror_sync_started',
    'info',
    ['message'],
    'The synchronisation of mirror acme/app started: TEST NOTIFICATION',
  ],
  [
    'repo_mirror_sync_success',
    'success',
    ['message'],
    'The synchronisation of mirror acme/app succeeded: TEST NOTIFICATION',
  ],
  [
    'repo_mirror_sync_failed',
    'error',
    ['message'],
    'The synchronisation of mirror acme/app failed: TEST NOTIFICATION',
  ],
  [
    'repo_image_expiry',
    'info',
    ['tags', 'expiring_in'],
    'Tags of repository acme/app expire in 1 days: latest, v1',
  ],
  [
    'build_queued',
    'info',
    [...build, 'repo', 'is_manual', 'manual_user'],
    'A build of latest, foo, bar in repository acme/app was queued',
  ],
  ['build_start', 'info', build, 'A build of latest, foo, bar in repository acme/app was started'],
  [
    'build_success',
    'success',
    [...build, 'image_id', 'manifest_digests'],
    'A build of latest, foo, bar in repository acme/app succeeded',
  ],
  [
    'build_failure',
    'error',
    [...build, 'error_message'],
    'A build of latest, foo, bar in repository acme/app failed: This is a fake error message',
  ],
  ['build_cancelled', 'info', build, 'A build of latest, foo, bar in repository acme/app was cancelled'],
  [
    'vulnerability_found',
    'error',
    ['tags', 'vulnerability'],
    'Critical vulnerability CVE-FAKE-CVE was found in latest, prod, foo, bar, baz of repository acme/app',
  ],
];

test('every event has its row', () => {
  assert.deepEqual(notificationEvents.map(({ name }) => name).sort(), samples.map(([name]) => name).sort());
});

for (const [name, level, keys, summary] of samples) {
  test(`${name}: level, keys of the sample, sentence`, () => {
    const event = eventNamed(name);
    const data = event.sample(repository);
    assert.equal(event.level(data), level);
    assert.deepEqual(Object.keys(data).sort(), [...keys].sort());
    assert.equal(event.summary('acme/app', data), summary);
    assert.equal(event.page(data).startsWith('/build/'), name.startsWith('build_'));
  });
}

const onRef = (ref: string): EventData => ({ trigger_metadata: { ref } });
const priority = (name: string): EventData => ({ vulnerability: { id: 'x', priority: name } });

const filters: readonly (readonly [string, EventData, EventConfig, boolean])[] = [
  ['build_start', {}, {}, true],
  ['build_start', {}, { 'ref-regex': '' }, true],
  ['build_start', {}, { 'ref-regex': '.*' }, false],
  ['build_start', { trigger_metadata: null }, { 'ref-regex': '.*' }, false],
  ['build_start', onRef('refs/heads/main'), { 'ref-regex': 'refs/heads/' }, true],
  ['build_start', onRef('refs/heads/main'), { 'ref-regex': 'heads' }, false],
  ['build_start', onRef('refs/heads/main'), { 'ref-regex': '(refs/tags/.*)|(refs/heads/ma.n$)' }, true],
  ['build_start', onRef('refs/heads/main'), { 'ref-regex': '(' }, false],
  ['build_start', onRef('refs/heads/main'), { 'ref-regex': 7 }, false],
  ['vulnerability_found', priority('Low'), {}, true],
  ['vulnerability_found', priority('High'), { level: 2 }, true],
  ['vulnerability_found', priority('high'), { level: '2' }, true],
  ['vulnerability_found', priority('Medium'), { level: 2 }, false],
  ['vulnerability_found', priority('Nonsense'), { level: 5 }, false],
  ['vulnerability_found', {}, { level: 6 }, true],
  ['vulnerability_found', priority('High'), { level: 'most' }, false],
  ['repo_push', {}, { level: 0, 'ref-regex': '(' }, true],
];

for (const [name, data, config, wanted] of filters) {
  test(`${name} with ${JSON.stringify(config)} ${wanted ? 'wants' : 'does not want'} ${JSON.stringify(data)}`, () => {
    assert.equal(eventNamed(name).isWanted(data, config), wanted);
  });
}

const refusedConfigs: readonly (readonly [string, EventConfig])[] = [
  ['build_start', { 'ref-regex': '(' }],
  ['build_start', { 'ref-regex': '(?!x)' }],
  ['build_start', { 'ref-regex': 'x'.repeat(513) }],
  ['build_start', { 'ref-regex': 1 }],
  ['vulnerability_found', { level: 7 }],
  ['vulnerability_found', { level: true }],
  ['vulnerability_found', { level: '' }],
  ['vulnerability_found', { level: [1] }],
  ['vulnerability_found', { level: null }],
  ['vulnerability_found', { level: 1.5 }],
  ['repo_image_expiry', {}],
  ['repo_image_expiry', { days: 0 }],
  ['repo_image_expiry', { days: 'soon' }],
];

for (const [name, config] of refusedConfigs) {
  test(`${name} refuses the setting ${JSON.stringify(config).slice(0, 60)}`, () => {
    assert.throws(() => eventNamed(name).checkConfig(config), { code: 'invalid_request' });
  });
}

test('an expression that would explode takes its time in the length of the ref', () => {
  const started = performance.now();
  assert.equal(matchesRef('(a+)+(b+)+(a|a)*$', `${'a'.repeat(1000)}!`), false);
  assert.equal(matchesRef('(x+x+)+y', 'x'.repeat(1000)), false);
  assert.ok(performance.now() - started < 2000);
});
