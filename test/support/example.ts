import type { Service } from './service.js';

export const MAIN = 'customer-1112';
export const [DESK, DOOR, HALL, HOME] = ['32470000001', '32470000002', '32470000003', '32470000004'] as const;

/** Books the portal's example: 110.2580 bought, 48.8980 of it spread, 12.2109 at the desk, nothing at the door. */
export async function bookExample(service: Service, main = MAIN): Promise<void> {
  let commands = 0;
  const book = async (path: string, body?: object) => {
    const response = await service.command(path, body, `example-${++commands}`);
    if (response.status !== 201) throw new Error(`${path}: ${await response.text()}`);
  };
  const sip = (id: string, action: string) => `/${main}/sip-accounts/${id}/${action}`;
  await book('', { mainAccountId: main, currency: 'EUR' });
  await book(`/${main}/purchases`, { amount: '110.2580', reference: 'shop order 2017-0427' });
  for (const sipAccountId of [DESK, DOOR, HALL, HOME]) await book(`/${main}/sip-accounts`, { sipAccountId });
  await book(sip(DESK, 'add-credit'), { amount: '20' });
  await book(sip(DOOR, 'add-credit'), { amount: '5.5' });
  await book(sip(HALL, 'add-credit'), { amount: '15' });
  await book(sip(HALL, 'add-credit'), { amount: '10' });
  await book(sip(HOME, 'add-credit'), { amount: '4.6871' });
  await book(sip(HOME, 'add-credit'), { amount: '7' });
  await book(sip(DOOR, 'remove-all-credit'));
  await book(sip(DESK, 'remove-all-credit'));
  await book(sip(DESK, 'add-credit'), { amount: '12.2109' });
}
