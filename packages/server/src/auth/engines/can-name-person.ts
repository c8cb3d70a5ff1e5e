/** Names and addresses; anything else names nobody, and can make a directory fail, which would count as an outage for everybody. */
const namePattern = /^\P{Cc}{1,255}$/u;

/** Whether a directory may be asked about somebody called so. */
export function canNamePerson(text: string): boolean {
  return namePattern.test(text) && text.isWellFormed();
}
