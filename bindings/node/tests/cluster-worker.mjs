// A process of a cluster: loads a policy, and says what became of a good token and of many that were made up.
import { Engine } from '../index.mjs';

let held;

process.on('message', async (message) => {
  if (message !== 'again') {
    held = { ...message, engine: Engine.fromPolicy(message.policy) };
    await held.engine.ready(10);
  }
  const { engine, token, made } = held;
  const ask = (one) => engine.decide({ method: 'GET', url: '/', headers: [['Authorization', `Bearer ${one}`]] }).status;
  process.send({ good: ask(token), made: [...new Set(made.map(ask))] });
});
process.send('here'); // what was sent to it before is lost
