import type { FastifyReply } from 'fastify';
import type { Booking } from '../ledger/booking.js';

/** Answers with what a command booked: its receipt, and whether it was booked now. */
export function bookedJson(reply: FastifyReply, booking: Booking): string {
  if (booking.replayed) reply.header('Idempotent-Replayed', 'true');
  return receiptJson(reply, booking);
}

/** Answers with a receipt: its text as it was kept, byte for byte. */
export function receiptJson(reply: FastifyReply, { receipt, position }: Booking): string {
  reply.header('content-type', 'application/json; charset=utf-8');
  reply.header('ledger-position', position.toString());
  return receipt;
}
