import { isJsonObject, type JsonObject, ownProperty } from '@wharf/oci';
import { findBase64url } from './base64url.ts';
import { readJson } from './read-json.ts';
import { unverified } from './schema1-refused.ts';

/** One entry of `signatures`, read but not yet verified. */
export interface SchemaSignature {
  /** Public key that the signer states. */
  readonly jwk: JsonObject;
  readonly algorithm: string;
  /** As it stands in the manifest: the first part of what was signed. */
  readonly protectedText: string;
  readonly signature: Buffer;
}

export interface SignatureBlock {
  readonly signatures: readonly SchemaSignature[];
  /** The manifest without its signatures: what was signed, and what its digest is taken of. */
  readonly payload: Buffer;
}

const mostSignatures = 8;
const longestTail = 64;
/** A tail may only close the object; with more in it the payload could say what the manifest does not. */
const tailPattern = /^\s*\}\s*$/;

/**
 * Takes a signed schema 1 manifest apart (registry protocol A9.1); throws `manifest_unverified`,
 * `manifest_invalid`.
 */
export function readSignatureBlock(bytes: Buffer, body: JsonObject): SignatureBlock {
  const entries = ownProperty(body, 'signatures');
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > mostSignatures) {
    throw unverified(`"signatures" must be an array of 1 to ${mostSignatures} entries.`);
  }
  const read = entries.map((entry: unknown) => readEntry(entry));
  const [first] = read;
  if (first === undefined) throw unverified('there is none.');
  for (const { split } of read) {
    if (split.length !== first.split.length || !split.tail.equals(first.split.tail)) {
      throw unverified('its entries disagree about what was signed.');
    }
  }
  return {
    signatures: read.map(({ signature }) => signature),
    payload: cutPayload(bytes, first.split),
  };
}

interface PayloadSplit {
  readonly length: number;
  readonly tail: Buffer;
}

function readEntry(entry: unknown): { readonly signature: SchemaSignature; readonly split: PayloadSplit } {
  if (!isJsonObject(entry)) throw unverified('each entry must be an object.');
  const header = ownProperty(entry, 'header');
  const jwk = isJsonObject(header) ? ownProperty(header, 'jwk') : undefined;
  const algorithm = isJsonObject(header) ? ownProperty(header, 'alg') : undefined;
  if (!isJsonObject(jwk) || typeof algorithm !== 'string') {
    throw unverified('each entry must have a header with "jwk" and "alg".');
  }
  const protectedText = readText(entry, 'protected');
  const signature = findBase64url(readText(entry, 'signature'));
  if (signature === undefined) throw unverified('"signature" must be base64url.');
  return { signature: { jwk, algorithm, protectedText, signature }, split: readSplit(protectedText) };
}

function readText(entry: JsonObject, key: string): string {
  const value = ownProperty(entry, key);
  if (typeof value !== 'string') throw unverified(`"${key}" must be a string.`);
  return value;
}

/** Where the payload ends in the document, and what closes it. */
function readSplit(protectedText: string): PayloadSplit {
  const decoded = protectedText.length <= 4096 ? findBase64url(protectedText) : undefined;
  if (decoded === undefined) throw unverified('"protected" must be base64url.');
  const header = readJson(decoded, 'The protected header of a signature');
  const length = ownProperty(header, 'formatLength');
  const tailText = ownProperty(header, 'formatTail');
  if (typeof length !== 'number' || !Number.isSafeInteger(length) || length <= 0) {
    throw unverified('"formatLength" must be a positive whole number.');
  }
  const tail =
    typeof tailText === 'string' && tailText.length <= longestTail ? findBase64url(tailText) : undefined;
  if (tail === undefined || !tailPattern.test(tail.toString('latin1'))) {
    throw unverified('"formatTail" must close the manifest.');
  }
  return { length, tail };
}

function cutPayload(bytes: Buffer, { length, tail }: PayloadSplit): Buffer {
  if (length > bytes.length) throw unverified('"formatLength" is beyond the end of the manifest.');
  return Buffer.concat([bytes.subarray(0, length), tail]);
}
