import type { RawValues } from '#/config/effective-values.ts';
import type { SectionValues } from '#/config/key.ts';
import type { sections } from '#/config/sections/sections.ts';

type Sections = typeof sections;

/** Parsed values of all sections as the file gives them. */
export type ParsedSections = { readonly [Name in keyof Sections]: SectionValues<Sections[Name]> };

/** The configuration that the parts of the system receive, section by section; made only by `loadConfiguration`. */
export interface Configuration
  extends Omit<ParsedSections, 'storage' | 'secrets' | 'workers' | 'tls' | 'jwt'> {
  readonly tls: ParsedSections['tls'] & {
    /** Whether HTTPS is served here: `ssl.key` lies in the directory, and no proxy in front ends TLS. */
    readonly enabled: boolean;
  };
  readonly jwt: ParsedSections['jwt'] & {
    /** Absolute path of `jwt-authn.cert`, whether or not it exists. */
    readonly keyFile: string;
  };
  readonly storage: Omit<ParsedSections['storage'], 'preference'> & {
    /** Ids of configured locations, never empty; the first one takes the writes. */
    readonly preference: readonly string[];
  };
  readonly secrets: Omit<ParsedSections['secrets'], 'secretKey' | 'databaseSecretKey'> & {
    /** 32 bytes. */
    readonly secretKey: Buffer;
    /** 32 bytes. */
    readonly databaseSecretKey: Buffer;
  };
  readonly workers: ParsedSections['workers'] & {
    /** Processes that serve the registry, from the environment; undefined leaves the choice to the server. */
    readonly registryProcesses: number | undefined;
  };
  /** What file and environment give, as YAML gives it: secrets too. */
  readonly given: RawValues;
  /** Every key that counts, given or by default, as YAML gives it: secrets too. */
  readonly values: RawValues;
  readonly logging: { readonly level: 'info' | 'debug'; readonly accessLog: boolean };
}
