import { boolean, choice, integer, object, optional, required, shape, text } from '#/config/value-types.ts';
import { type KnownKeyGroup, known, unlisted } from './known-key.ts';

const branding = shape({
  logo: required(text),
  footer_img: optional(text),
  footer_url: optional(text),
  logo_dark: optional(text),
});
const footerLinks = shape({
  TERMS_OF_SERVICE_URL: optional(text),
  PRIVACY_POLICY_URL: optional(text),
  SECURITY_URL: optional(text),
  ABOUT_URL: optional(text),
});

export const interfaceKeys: KnownKeyGroup = {
  title: 'User interface',
  keys: [
    known('ENTERPRISE_LOGO_URL', text, undefined, unlisted, 'Logo in the header.'),
    known('ENTERPRISE_LOGO_URL_DARK', text, undefined, '3.x', 'The same for dark pages.'),
    known('BRANDING', branding, undefined, '3.2', 'Logos and links of the house.'),
    known('AVATAR_KIND', choice('local', 'gravatar'), 'local', '2.9', 'Where pictures of users come from.'),
    known('DOCUMENTATION_ROOT', text, undefined, '3.5', 'Where links to help lead.'),
    known('FOOTER_LINKS', footerLinks, {}, '3.14', 'Links at the foot of pages.'),
    known('FEATURE_UI_V2', boolean, true, '3.8', 'Offer the new pages.'),
    known('DEFAULT_UI', text, 'react', '3.x', 'Pages that appear first.'),
    known('DISABLE_ANGULAR_UI', boolean, undefined, '3.x', 'Do not offer the old pages.'),
    known('UI_V2_FEEDBACK_FORM', text, undefined, '3.x', 'Address of the feedback form.'),
    known(
      'FEATURE_UI_V2_REPO_SETTINGS',
      boolean,
      undefined,
      '3.9',
      'Settings of repositories on the new pages.',
    ),
    known(
      'FEATURE_UI_DELAY_AFTER_WRITE',
      boolean,
      false,
      '3.10',
      'Wait after changes until replicas have them.',
    ),
    known('UI_DELAY_AFTER_WRITE_SECONDS', integer(), 3, '3.10', 'Seconds of waiting.'),
    known('FEATURE_UI_MODELCARD', boolean, true, '3.14', 'Show model cards.'),
    known('UI_MODELCARD_ARTIFACT_TYPE', text, 'application/x-mlmodel', '3.14', 'Artifact type that has one.'),
    known('UI_MODELCARD_ANNOTATION', object, {}, '3.14', 'Annotations that mark one.'),
    known(
      'UI_MODELCARD_LAYER_ANNOTATION',
      object,
      undefined,
      '3.14',
      'Annotations of the layer that holds it.',
    ),
  ],
};
