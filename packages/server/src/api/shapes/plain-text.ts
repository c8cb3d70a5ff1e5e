import { z } from 'zod';

/** Text of a body that is stored: PostgreSQL keeps no NUL. */
export const plainText = z
  .string()
  .refine((text) => !text.includes('\0'), { message: 'must not contain a NUL character' });
