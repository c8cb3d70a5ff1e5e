import { isMap, isScalar, LineCounter, parseDocument, type ScalarTag, visit } from 'yaml';
import type { Problem } from '#/config/problem.ts';

// Plain scalars mean what they mean to Quay, whose reader follows YAML 1.1 in its own way: `y` and `n` are text, `0755` is octal, `1e5` is text,
// dates stay text here because no key takes one.
const tags: ScalarTag[] = [
  {
    tag: 'tag:yaml.org,2002:null',
    default: true,
    test: /^(?:~|null|Null|NULL|)$/,
    resolve: () => null,
  },
  {
    tag: 'tag:yaml.org,2002:bool',
    default: true,
    test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
    resolve: (source) => /^(?:y|t|on)/i.test(source),
  },
  {
    tag: 'tag:yaml.org,2002:int',
    default: true,
    test: /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
    resolve: (source) => toNumber(parseInteger(source)),
  },
  {
    tag: 'tag:yaml.org,2002:float',
    default: true,
    test: /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
    resolve: (source) => parseFloating(source),
  },
];

function parseInteger(source: string): bigint {
  const negative = source.startsWith('-');
  const digits = source.replaceAll(/[-+_]/g, '');
  let value: bigint;
  if (/^0[bx]/.test(digits)) value = BigInt(digits.length > 2 ? digits : 0);
  else if (digits.includes(':'))
    value = digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n);
  else if (digits.length > 1 && digits.startsWith('0')) value = BigInt(`0o${digits}`);
  else value = BigInt(digits === '' ? 0 : digits);
  return negative ? -value : value;
}

/** Numbers too long for a double stay exact: a `SECRET_KEY` is often an unquoted 256-bit number. */
function toNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function parseFloating(source: string): number {
  const digits = source.replaceAll('_', '').toLowerCase();
  if (digits.endsWith('.inf'))
    return digits.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return digits.endsWith('.nan') ? Number.NaN : Number(digits);
}

export interface ParsedYaml {
  /** The top-level mapping; empty for an empty file or after an error. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
}

/** Reads a configuration file as Quay would; never throws, never repeats a line of the file in a problem. */
export function parseYaml(source: string, fileName: string): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(source, {
    schema: 'failsafe',
    customTags: (failsafe) => [...failsafe, ...tags],
    version: '1.1',
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: lines,
    strict: true,
  });
  const failed = (offset: number, code: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return {
      severity: 'error',
      key: fileName,
      expected: 'YAML with one mapping of keys to values',
      message: `is not valid YAML at line ${line}, column ${col} (${code})`,
    };
  };
  const errors = [...document.errors, ...document.warnings].map((error) => failed(error.pos[0], error.code));
  if (errors.length > 0) return { values: {}, problems: errors };
  const problems: Problem[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const pair of map.items) {
        if (!isScalar(pair.key) || pair.key.value === '<<') continue;
        const name = String(pair.key.value);
        if (seen.has(name)) {
          const line = lines.linePos(pair.key.range?.[0] ?? 0).line;
          problems.push({ severity: 'warning', key: name, message: `is set twice; line ${line} counts` });
        }
        seen.add(name);
      }
    },
    Scalar(_, scalar, path) {
      const { value, source: written } = scalar;
      if (scalar.type !== 'PLAIN' || written === undefined) return;
      if (typeof value !== 'number' && typeof value !== 'bigint') return;
      if (!/^[-+]?0[0-9_]|^[-+]?0[xb]|:|_/.test(written)) return;
      const owner = path.findLast((node) => 'key' in node && isScalar(node.key));
      const name =
        owner !== undefined && 'key' in owner && isScalar(owner.key) ? String(owner.key.value) : fileName;
      const line = lines.linePos(scalar.range?.[0] ?? 0).line;
      problems.push({
        severity: 'warning',
        key: name,
        expected: 'quotes around a text, or plain decimal digits',
        message: `line ${line}: an unquoted number in this notation is read as octal, hexadecimal or base 60, as YAML 1.1 has it`,
      });
    },
  });
  if (document.contents === null) return { values: {}, problems };
  if (isScalar(document.contents) && document.contents.value === null) return { values: {}, problems };
  if (!isMap(document.contents)) {
    problems.push({
      severity: 'error',
      key: fileName,
      expected: 'YAML with one mapping of keys to values',
      message: 'holds no keys',
    });
    return { values: {}, problems };
  }
  try {
    const values = document.toJS({ maxAliasCount: 1000 });
    return { values, problems };
  } catch {
    return { values: {}, problems: [...problems, failed(0, 'BAD_ALIAS')] };
  }
}
