import { z } from 'zod';

/** How loud an event is; decides colours. */
export type NotificationLevel = 'primary' | 'info' | 'success' | 'warning' | 'error';

/** What happened, with Quay's keys beside those that every event has. */
export type EventData = Readonly<Record<string, unknown>>;

/** Settings of one notification for its event, as the caller gave them. */
export type EventConfig = Readonly<Record<string, unknown>>;

/** An event of a repository that notifications can be made for. */
export interface NotificationEvent {
  readonly name: string;
  /** Throws what the caller did wrong in a setting. */
  checkConfig(config: EventConfig): void;
  level(data: EventData): NotificationLevel;
  /** Whether a notification with this setting wants the event; a setting that cannot be read wants nothing. */
  isWanted(data: EventData, config: EventConfig): boolean;
  /** One sentence without markup; `repository` is `namespace/name`. */
  summary(repository: string, data: EventData): string;
  /** Page of the repository about it, such as `/build/<id>`; empty for the repository itself. */
  page(data: EventData): string;
  /** What a test delivery carries. */
  sample(repository: { readonly namespace: string; readonly name: string }): EventData;
}

/** A plug-in of this folder. */
export function defineNotificationEvent(
  definition: Pick<NotificationEvent, 'name' | 'summary' | 'sample'> & {
    readonly level: NotificationLevel | NotificationEvent['level'];
  } & Partial<Pick<NotificationEvent, 'checkConfig' | 'isWanted' | 'page'>>,
): NotificationEvent {
  const { level } = definition;
  return {
    checkConfig: () => undefined,
    isWanted: () => true,
    page: () => '',
    ...definition,
    level: typeof level === 'string' ? () => level : level,
  };
}

const texts = z.array(z.string());

/** The texts of a list in the data, or none. */
export function listed(data: EventData, key: string): readonly string[] {
  const parsed = texts.safeParse(data[key]);
  return parsed.success ? parsed.data : [];
}

/** A text in the data, or ''. */
export function textIn(data: EventData, key: string): string {
  const value = data[key];
  return typeof value === 'string' ? value : '';
}
