// A chat over graphql-transport-ws: a token in connection_init, a subscription for each turn.
import { GraphQLObjectType, GraphQLNonNull, GraphQLSchema, GraphQLString } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { answerTo, desk, listen, switches, userOf } from './desk.mjs';

const text = { type: GraphQLString };
const Progress = new GraphQLObjectType({
  name: 'Progress',
  fields: { event: { type: new GraphQLNonNull(GraphQLString) }, user: text, text },
});

const turnOf = (answer) => [
  ['agent_started', ''],
  ['agent_thinking', 'which tool?'],
  ['tool_executing', 'calculator'],
  ['tool_completed', answer],
  ['agent_completed', answer],
];

async function* chat(_, { prompt }, { user }) {
  for (const [event, said] of turnOf(answerTo(prompt))) {
    if (switches.has(`without_${event}`)) continue;
    if (switches.has('failing') && event === 'tool_executing') throw new Error('the tool is broken');
    yield { chat: { event, user, text: said } };
  }
}

const args = { prompt: { type: new GraphQLNonNull(GraphQLString) } };
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { version: text } }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: { chat: { type: Progress, args, subscribe: chat } },
  }),
});

const server = desk();
const sockets = new WebSocketServer({ server, path: '/graphql' });
useServer({
  schema,
  connectionInitWaitTimeout: 1000,
  // false: the library closes with 4403 Forbidden.
  onConnect: ({ connectionParams }) => {
    const user = userOf(connectionParams?.token);
    return user ? { user } : false;
  },
  context: ({ connectionParams }) => ({ user: userOf(connectionParams?.token) }),
}, sockets);

listen(server, Number(process.argv[2] ?? 0));
