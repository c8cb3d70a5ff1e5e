import { observeQueues } from '#/domain/background/index.ts';
import type { QueueNames } from '#/domain/services.ts';
import type { Metrics } from '#/platform/metrics.ts';

/** Feeds what happens in queues into the metrics, which show the given ones from the start; returns the function that ends it. */
export function countQueues({ queues: { puts, gets, deletes } }: Metrics, names: QueueNames): () => void {
  for (const queue_name of Object.values<string>({ ...names })) {
    puts.inc({ queue_name }, 0);
    deletes.inc({ queue_name }, 0);
    for (const availability of ['nonexistant', 'claimed', 'acquired'])
      gets.inc({ queue_name, availability }, 0);
  }
  return observeQueues((action, queue_name, count) => {
    if (action === 'put') puts.inc({ queue_name }, count);
    else if (action === 'delete') deletes.inc({ queue_name }, count);
    else gets.inc({ queue_name, availability: action }, count);
  });
}
