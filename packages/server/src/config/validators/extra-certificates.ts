import { readExtraCertificates } from '#/platform/certificates/extra-certificates.ts';
import { systemClock } from '#/platform/clock.ts';
import { defineValidator } from './define-validator.ts';

/** Files of further authorities, which Quay checks only when they are uploaded. One that is over is a warning: nothing trusts it. */
export const extraCertificatesValidator = defineValidator({
  service: 'extra-certificates',
  runsWhen: () => true,
  async check({ directory, warn }) {
    const { files } = await readExtraCertificates({ configuration: directory, others: [] });
    const nowMs = systemClock.nowMs();
    for (const { path, certificates } of files) {
      for (const { names, expiresAtMs } of certificates) {
        if (expiresAtMs > nowMs) continue;
        const ended = new Date(expiresAtMs).toISOString();
        warn(`${path}: the certificate of ${names[0] ?? 'nobody'} ended at ${ended} and is not trusted.`);
      }
    }
    const broken = files.filter(({ fault }) => fault !== undefined);
    return broken.length === 0 ? undefined : broken.map(({ path, fault }) => `${path} ${fault}.`).join(' ');
  },
});
