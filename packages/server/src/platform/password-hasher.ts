/** One-way hashing of passwords, bounded: never more than cores - 1 at a time, with a bounded queue. */
export interface PasswordHasher {
  /** bcrypt text (`$2b$...`). Throws OverloadedError when the queue is full. */
  hash(password: string): Promise<string>;
  /** Whether the password is the one that was hashed; accepts `$2a$`, `$2b$`, `$2y$`. Throws OverloadedError when the queue is full. */
  verify(password: string, hash: string): Promise<boolean>;
  close(): Promise<void>;
}

/** The hashing queue is full; answer 429. */
export class OverloadedError extends Error {
  constructor() {
    super('too many log-ins at the same time');
    this.name = 'OverloadedError';
  }
}
