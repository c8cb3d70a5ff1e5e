import type { Digest } from './brands.ts';
import type { JsonObject } from './json.ts';
import {
  findObject,
  findString,
  manifestError,
  readDigest,
  readMediaType,
  readSize,
  readString,
  readStringMap,
  readStrings,
} from './json-reader.ts';

export interface Platform {
  readonly architecture: string;
  readonly os: string;
  readonly variant: string | undefined;
  readonly osVersion: string | undefined;
}

/** A reference to content, as a manifest holds it (OCI image spec, "descriptor"). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly urls: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly artifactType: string | undefined;
  readonly platform: Platform | undefined;
  /** The content itself in base64, of the stated size; not verified against the digest. */
  readonly dataField: string | undefined;
}

/** Reads a descriptor whose place in the manifest is `path`; throws OciParseError `manifest_invalid`. */
export function readDescriptor(object: JsonObject, path: string): Descriptor {
  const sizeBytes = readSize(object, 'size', `${path}.size`);
  return {
    mediaType: readMediaType(object, 'mediaType', `${path}.mediaType`),
    digest: readDigest(object, 'digest', `${path}.digest`),
    sizeBytes,
    urls: readStrings(object, 'urls', `${path}.urls`),
    annotations: readStringMap(object, 'annotations', `${path}.annotations`),
    artifactType: findString(object, 'artifactType', `${path}.artifactType`) || undefined,
    platform: readPlatform(object, `${path}.platform`),
    dataField: readDataField(object, sizeBytes, `${path}.data`),
  };
}

/** `path` names the whole field; an absent platform is undefined, an absent part of it the empty string. */
function readPlatform(object: JsonObject, path: string): Platform | undefined {
  const platform = findObject(object, 'platform', path);
  if (platform === undefined) return undefined;
  return {
    architecture: findString(platform, 'architecture', `${path}.architecture`) ?? '',
    os: findString(platform, 'os', `${path}.os`) ?? '',
    variant: findString(platform, 'variant', `${path}.variant`),
    osVersion: findString(platform, 'os.version', `${path}.os.version`),
  };
}

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

function readDataField(object: JsonObject, sizeBytes: number, path: string): string | undefined {
  const text = findString(object, 'data', path);
  if (text === undefined) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (text.length % 4 !== 0 || !base64.test(text) || (text.length / 4) * 3 - padding !== sizeBytes) {
    throw manifestError(path, 'must be base64 of exactly "size" bytes.');
  }
  return text;
}

/** Child of a Docker manifest list, whose platform must be named. */
export function readListChild(object: JsonObject, path: string): Descriptor {
  const platform = findObject(object, 'platform', `${path}.platform`) ?? {};
  readString(platform, 'architecture', `${path}.platform.architecture`);
  readString(platform, 'os', `${path}.platform.os`);
  return readDescriptor(object, path);
}
