import { createHash } from 'node:crypto';

export type AvatarKind = 'user' | 'robot' | 'org' | 'team' | 'app';

export interface Avatar {
  readonly name: string;
  readonly hash: string;
  readonly color: string;
  readonly kind: AvatarKind;
}

/** Hex digits of the hash that choose the colour. */
const colorDigits = 5;

/** Readable under white letters, and far enough from each other. */
const colors = [
  '#8c564b',
  '#d62728',
  '#e377c2',
  '#9467bd',
  '#17a2b8',
  '#1f77b4',
  '#2a6f97',
  '#2ca02c',
  '#556b2f',
  '#7f7f7f',
  '#b8860b',
  '#bc5090',
  '#c44900',
  '#ef6c00',
  '#00796b',
  '#5c6bc0',
  '#6d4c41',
  '#ad1457',
  '#455a64',
  '#33691e',
] as const;

/** What a client needs to draw an avatar: the hash is of the e-mail address, or of the name without one (REST reference 8). */
export function avatarOf(subject: {
  readonly name: string;
  readonly email?: string | null;
  readonly kind: AvatarKind;
}): Avatar {
  const text = (subject.email ?? '').trim() === '' ? subject.name : (subject.email ?? '');
  // MD5 because Gravatar's addresses are made of it; nothing depends on its strength.
  const hash = createHash('md5').update(text.trim().toLowerCase()).digest('hex');
  const color = colors[Number.parseInt(hash.slice(0, colorDigits), 16) % colors.length] ?? colors[0];
  return { name: subject.name, hash, color, kind: subject.kind };
}
