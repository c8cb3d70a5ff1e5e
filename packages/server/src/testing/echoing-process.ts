/** A process of a node for tests: publishes one event that names itself, and shows as metrics which events it received. */
const received: number[] = [];

process.on('message', (message: { kind: string; request?: number; event?: { repositoryId?: number } }) => {
  switch (message.kind) {
    case 'start':
      process.send?.({ kind: 'listening', address: 'http://127.0.0.1:1', ports: { plain: 1 } });
      break;
    case 'event':
      // The test publishes 0 when all processes listen.
      if (message.event?.repositoryId !== 0) received.push(message.event?.repositoryId ?? -1);
      else
        process.send?.({ kind: 'event', event: { kind: 'repository-changed', repositoryId: process.pid } });
      break;
    case 'collect': {
      const values = received.map((from) => ({ value: 1, labels: { to: process.pid, from } }));
      const snapshot = [{ name: 'received', help: 'events', type: 'gauge', aggregator: 'sum', values }];
      process.send?.({ kind: 'metrics', request: message.request, snapshot });
      break;
    }
    case 'stop':
      process.disconnect();
  }
});
