import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

/** To be imported ahead of a program: whoever asks for all addresses of `localhost` is told two. */
const { lookup } = dns;
dns.lookup = (name, options, tell) => {
  if (name !== 'localhost' || !options.all) return lookup(name, options, tell);
  tell(
    null,
    ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 })),
  );
};
syncBuiltinESMExports();
