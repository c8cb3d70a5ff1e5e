import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { defineNotificationMethod } from './define-notification-method.ts';
import { parseJsonTemplate } from './json-template.ts';
import { checkUserUrl, postJson } from './post-json.ts';

const missingUrl = 'Missing webhook URL';

/** Empty fields of forms count as absent. */
const optionalText = (message: string) =>
  z
    .string({ error: message })
    .max(16 * 1024, { error: message })
    .nullish()
    .transform((value) => (value === null || value === '' ? undefined : value));

/** Posts the payload, or the filled template, as JSON. */
export const webhook = defineNotificationMethod({
  name: 'webhook',
  config: z.object({
    url: z
      .string({ error: missingUrl })
      .min(1, { error: missingUrl })
      .max(2048, { error: 'The URL is too long.' }),
    template: optionalText('The template must be a text.'),
    secret: optionalText('The secret must be a text.'),
  }),
  secretKey: 'secret',
  async check(services, _repository, { url, template }) {
    checkUserUrl(services, url);
    if (template !== undefined) parseJsonTemplate(template);
  },
  async deliver(services, { id, event, data, notification }, { url, template, secret }) {
    const body = template === undefined ? JSON.stringify(data) : parseJsonTemplate(template).fill(data);
    await postJson(services, {
      url,
      body,
      headers: {
        'x-wharf-event': event,
        'x-wharf-delivery': id,
        'x-wharf-signature-256': signatureOf(secret ?? notification.uuid, body),
      },
      offerCertificate: true,
    });
  },
});

/** `sha256=` and the HMAC-SHA256 of the body in hex. */
function signatureOf(key: string, body: string): string {
  return `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
}
