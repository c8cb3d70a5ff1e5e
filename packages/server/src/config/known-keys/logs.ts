import { choice, object, optional, shape, text } from '#/config/value-types.ts';
import { type KnownKeyGroup, known } from './known-key.ts';

const logsModel = shape({
  producer: optional(text),
  elasticsearch_config: optional(object),
  kafka_config: optional(object),
  kinesis_stream_config: optional(object),
  splunk_config: optional(object),
  splunk_hec_config: optional(object),
});

export const logKeys: KnownKeyGroup = {
  title: 'Action logs',
  keys: [
    known(
      'LOGS_MODEL',
      choice('database', 'transition_reads_both_writes_es', 'elasticsearch', 'splunk'),
      'database',
      '3.2',
      'Where entries are kept.',
    ),
    known('LOGS_MODEL_CONFIG', logsModel, {}, '3.2', 'Connection to that place.'),
  ],
};
