export { type ConversionInput, convertToSchema1, isConvertibleToSchema1 } from './convert-to-schema1.ts';
export { retagSchema1 } from './retag-schema1.ts';
export {
  contentOfSchema1,
  formatSchema1,
  type Schema1Content,
  type Schema1ContentLayer,
} from './schema1-content.ts';
export { type SignedSchema1, signSchema1 } from './sign-schema1.ts';
export { unsignSchema1, verifySchema1 } from './verify-schema1.ts';
