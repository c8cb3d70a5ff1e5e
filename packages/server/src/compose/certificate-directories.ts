import type { CertificateDirectories } from '#/platform/certificates/extra-certificates.ts';

/** Where operators put files of authorities; `CERTDIR` and `KUBE_EXTRA_CA_CERTDIR` add directories (configuration reference E.2). */
export function certificateDirectories(
  configuration: string,
  env: Readonly<Record<string, string | undefined>>,
): CertificateDirectories {
  const others = [env.CERTDIR, env.KUBE_EXTRA_CA_CERTDIR].filter((path) => path !== undefined && path !== '');
  return { configuration, others: others.map(String) };
}
