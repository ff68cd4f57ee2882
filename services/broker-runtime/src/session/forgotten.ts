/** What stands for messages that are under way and will never be sent again: their session ends with the connection. */
import { Publication } from '../kernel/publication.js';
import { Delivery } from './delivery.js';

const nothing = new Publication('', Buffer.alloc(0), 1, false, {}, 0, '', true);

export const SENT_1 = new Delivery(0, 0, nothing, 1, false, null, null);
export const SENT_2 = new Delivery(0, 0, nothing, 2, false, null, null);
export const RELEASED = Object.assign(new Delivery(0, 0, nothing, 2, false, null, null), { released: true });
