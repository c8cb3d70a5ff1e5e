/** One member of a tar archive; a name that ends with a slash is a directory. */
export interface TarMember {
  readonly name: string;
  readonly content?: Buffer;
  readonly mode?: number;
}

const blockBytes = 512;

/** An ustar archive of the members with fixed owners and times: the same bytes in every run. */
export function tarOf(members: readonly TarMember[]): Buffer {
  return Buffer.concat([...members.map(tarMember), tarEnd]);
}

/** The two empty blocks that end an archive. */
export const tarEnd = Buffer.alloc(2 * blockBytes);

/** Header and padded content of one member. */
export function tarMember(member: TarMember): Buffer {
  const content = member.content ?? Buffer.alloc(0);
  const isDirectory = member.name.endsWith('/');
  const header = Buffer.alloc(blockBytes);
  header.write(member.name, 0, 100);
  header.write(octal(member.mode ?? (isDirectory ? 0o755 : 0o644), 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(content.length, 11), 124);
  header.write(octal(0, 11), 136);
  header.fill(' ', 148, 156);
  header.write(isDirectory ? '5' : '0', 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\u0000 `, 148);
  return Buffer.concat([header, content, Buffer.alloc(-content.length & (blockBytes - 1))]);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
