import { createHash } from 'node:crypto';
import { defineValidator } from './define-validator.ts';
import { signAsRegistry } from './sign-as-registry.ts';

const infoHash = createHash('sha1').update('wharf').digest();
const peerId = '-QUAY00-6wfG2wk6wWLc';

/** The tracker: an announcement as a client of ours would make it. */
export const bittorrentValidator = defineValidator({
  service: 'bittorrent',
  runsWhen: ({ values }) => values.FEATURE_BITTORRENT === true,
  async check(context) {
    const { outbound, given } = context;
    const announceUrl = given.BITTORRENT_ANNOUNCE_URL;
    if (typeof announceUrl !== 'string' || announceUrl === '')
      return 'BITTORRENT_ANNOUNCE_URL is missing: where the tracker listens.';
    if (!/^https?:\/\//.test(announceUrl) || !URL.canParse(announceUrl))
      return 'BITTORRENT_ANNOUNCE_URL must start with http:// or https://.';
    const jwt = await signAsRegistry(context, {
      aud: announceUrl,
      infohash: infoHash.toString('hex'),
    });
    const others = new URLSearchParams({
      peer_id: peerId,
      uploaded: '0',
      downloaded: '0',
      left: '0',
      compact: '0',
      port: '80',
      jwt,
    });
    // The hash is 20 bytes and not a text.
    const hash = [...infoHash].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    const url = `${announceUrl}${announceUrl.includes('?') ? '&' : '?'}info_hash=${hash}&${others}`;
    const { status, body } = await outbound.request({
      url,
      method: 'GET',
      timeoutMs: 5000,
      trust: 'configuration',
      maximumResponseBytes: 64 * 1024,
      cutLongResponse: true,
    });
    return judge(status, body.toString('latin1'));
  },
});

function judge(status: number, answer: string): string | undefined {
  if (status === 404)
    return 'The tracker does not know the path of BITTORRENT_ANNOUNCE_URL; it usually ends in /announce.';
  if (status === 500) return 'The tracker answered in an unexpected way: it failed with status 500.';
  if (status !== 200) return `The tracker answered with status ${status}.`;
  if (answer.includes('invalid jwt'))
    return 'The tracker refuses the token of this registry: it must trust the keys of this registry, and name the announce URL as its audience.';
  const failure = /14:failure reason(\d+):/.exec(answer);
  if (failure !== null) {
    const start = failure.index + failure[0].length;
    return `The tracker refuses: ${printable(answer.slice(start, start + Math.min(Number(failure[1]), 200)))}`;
  }
  if (answer.includes('go_goroutines'))
    return 'BITTORRENT_ANNOUNCE_URL is the port with the metrics of the tracker, not the one for announcements.';
  return undefined;
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}
