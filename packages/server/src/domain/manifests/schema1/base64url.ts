/** Bytes of an unpadded base64url text in its one canonical spelling; undefined for any other. */
export function findBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
