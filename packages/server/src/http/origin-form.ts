const absoluteForm = /^https?:\/\/[^/?#]*/i;

/**
 * Path and query of a request target (RFC 9112 section 3.2). Proxies may send the absolute form, whose authority is not looked at: the Host
 * header, or the configuration, says where the client is. `*` of OPTIONS names no path here.
 */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const rest = target.replace(absoluteForm, '');
  return rest.startsWith('/') ? rest : `/${rest}`;
}
