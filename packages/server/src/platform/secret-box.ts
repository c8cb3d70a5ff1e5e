/** Reversible encryption of secrets at rest; the implementation is keyed with DATABASE_SECRET_KEY. */
export interface SecretBox {
  /** Text of the form `v0$$<base64>`, different at every call. */
  encrypt(clear: string): string;
  /** Throws when the text was made with another key or altered. */
  decrypt(sealed: string): string;
}
