export type ConnectionTarget = { readonly dialect: 'sqlite'; readonly path: string } | ServerTarget;

export interface ServerTarget {
  readonly dialect: 'postgresql' | 'mysql';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Directory (PostgreSQL) or file (MySQL) of a Unix socket; wins over host and port. */
  readonly socket: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}

/** DB_URI cannot be understood; the message never repeats the password. */
export class InvalidConnectionUriError extends Error {
  constructor(problem: string) {
    super(
      `DB_URI ${problem}; expected sqlite:///relative/path, sqlite:////absolute/path, postgresql://user:password@host:port/database or mysql+pymysql://user:password@host:port/database, with special characters of the password percent-encoded`,
    );
    this.name = 'InvalidConnectionUriError';
  }
}

const schemes: Readonly<Record<string, 'sqlite' | 'postgresql' | 'mysql'>> = {
  sqlite: 'sqlite',
  postgresql: 'postgresql',
  'postgresql+psycopg2': 'postgresql',
  postgres: 'postgresql',
  mysql: 'mysql',
  'mysql+pymysql': 'mysql',
  'mariadb+pymysql': 'mysql',
  mariadb: 'mysql',
};

const defaultPorts = { postgresql: 5432, mysql: 3306 };

/** Parses DB_URI as Quay writes it (SQLAlchemy form). Throws InvalidConnectionUriError. */
export function parseConnectionUri(uri: string): ConnectionTarget {
  const parts = /^([a-z0-9+]+):\/\/(.*)$/s.exec(uri.trim());
  if (parts === null) throw new InvalidConnectionUriError('has no scheme');
  const [, scheme = '', rest = ''] = parts;
  const dialect = schemes[scheme];
  if (dialect === undefined) throw new InvalidConnectionUriError(`has the unknown scheme "${scheme}"`);
  return dialect === 'sqlite' ? parseSqlite(rest) : parseServer(dialect, rest);
}

function parseSqlite(rest: string): ConnectionTarget {
  const [path = ''] = rest.split('?');
  if (!path.startsWith('/') || path.length < 2) {
    throw new InvalidConnectionUriError('names no file (three slashes, then the path)');
  }
  return { dialect: 'sqlite', path: decode(path.slice(1)) };
}

function parseServer(dialect: 'postgresql' | 'mysql', rest: string): ServerTarget {
  // The last @ before the path ends the credentials: passwords with a bare @ or / are met in the field.
  const match =
    /^(?:(?<credentials>.*)@)?(?<host>\[[^\]]*\]|[^:/@?[\]]*)(?::(?<port>\d*))?\/(?<database>[^/?]*)(?:\?(?<query>.*))?$/s.exec(
      rest,
    );
  if (match?.groups === undefined) throw new InvalidConnectionUriError('cannot be read');
  const { credentials = '', host = '', port = '', database = '', query = '' } = match.groups;
  const colon = credentials.indexOf(':');
  const parameters = Object.fromEntries(new URLSearchParams(query));
  const portNumber = port === '' ? defaultPorts[dialect] : Number(port);
  if (portNumber < 1 || portNumber > 65_535) throw new InvalidConnectionUriError('has an invalid port');
  if (database === '') throw new InvalidConnectionUriError('names no database');
  const socket =
    dialect === 'postgresql'
      ? parameters.host?.startsWith('/') === true
        ? parameters.host
        : undefined
      : parameters.unix_socket;
  return {
    dialect,
    host: decode(host.replaceAll(/[[\]]/g, '')) || 'localhost',
    port: portNumber,
    user: decode(colon === -1 ? credentials : credentials.slice(0, colon)),
    password: colon === -1 ? '' : decode(credentials.slice(colon + 1)),
    database: decode(database),
    socket,
    parameters,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidConnectionUriError('has a malformed percent-encoding');
  }
}
