/** A bucket of an object store, resolved from the parameters of whichever engine named it. */
export interface S3Options {
  readonly bucket: string;
  /** Put before every path; slashes at its ends do not count. */
  readonly storagePath: string;
  /** Absent: the SDK's own chain (environment, profile, instance role). */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly region: string;
  /** Absent: AWS itself. */
  readonly endpointUrl?: string;
  /** Smallest part that the store accepts, but for the last one. */
  readonly minimumPartBytes: number;
  /** Largest piece that the store copies in one request. */
  readonly maximumCopyBytes: number;
  /** False: the store cannot copy from object to object; what is joined passes through this process. */
  readonly serverSideAssembly: boolean;
  readonly serverSideEncryption: 'AES256' | 'none';
}

const awsHost = /(?:^|\.)amazonaws\.com(?:\.cn)?$/i;
/** `s3.us-west-2.amazonaws.com`, `s3-us-west-2.amazonaws.com`, with `dualstack` in between or not. */
const awsRegionHost = /(?:^|\.)s3[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/i;
const defaultRegion = 'us-east-1';

/** Where the store is: an explicit URL, else a host that is not AWS, else AWS in the region that is named or in the host. */
export function resolveEndpoint(given: {
  readonly endpointUrl?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly isSecure: boolean;
  readonly region?: string | undefined;
}): Pick<S3Options, 'region' | 'endpointUrl'> {
  const { endpointUrl, host, region } = given;
  if (endpointUrl !== undefined) return { region: region ?? defaultRegion, endpointUrl };
  if (host === undefined || awsHost.test(host)) {
    const hostRegion = host === undefined ? undefined : awsRegionHost.exec(host)?.[1]?.toLowerCase();
    return { region: region ?? hostRegion ?? defaultRegion };
  }
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const port = given.port === undefined ? '' : `:${given.port}`;
  return {
    region: region ?? defaultRegion,
    endpointUrl: `${given.isSecure ? 'https' : 'http'}://${name}${port}`,
  };
}
