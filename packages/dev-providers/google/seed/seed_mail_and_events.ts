import { emailOf, type UserId, users } from '../../users.ts';

const BOUNDARY = 'seed-part';

/** Returns a message with a text attachment, from one user to another (RFC 5322). */
const mail = (to: UserId, from: UserId, subject: string, text: string): string =>
  [
    `From: "${users[from].familyName}, ${users[from].givenName}" <${emailOf(from)}>`,
    `To: ${emailOf(to)}`,
    `Subject: ${subject}`,
    `Message-ID: <${to}-${from}@mail.example.com>`,
    'Date: Mon, 02 Mar 2026 10:30:00 +0000',
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    '',
    `--${BOUNDARY}`,
    'Content-Type: text/plain; charset=UTF-8',
    '',
    text,
    `--${BOUNDARY}`,
    'Content-Type: text/plain; name="agenda.txt"',
    'Content-Disposition: attachment; filename="agenda.txt"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(`Agenda for ${users[to].givenName}: café ☕`).toString('base64'),
    `--${BOUNDARY}--`,
    '',
  ].join('\r\n');

const message = (to: UserId, from: UserId, subject: string, text: string) => ({
  id: `${to}-message`,
  user_email: emailOf(to),
  raw: Buffer.from(mail(to, from, subject, text)).toString('base64url'),
});

/**
 * One message for each user, in the format of `@emulators/google`. The messages differ, so that a
 * mix-up of users is visible.
 */
export const seedMessages = [
  message('ana', 'ben', 'Lunch on Friday?', 'Shall we meet at noon?'),
  message('ben', 'ana', 'Roadmap review', 'Please comment until Thursday.'),
];

const event = (owner: UserId, summary: string, day: string, guest: UserId) => ({
  id: `${owner}-${day}`,
  user_email: emailOf(owner),
  calendar_id: 'primary',
  summary,
  start_date_time: `${day}T09:00:00Z`,
  end_date_time: `${day}T10:00:00Z`,
  attendees: [{ email: emailOf(guest) }],
});

/**
 * Events of the users, in the format of `@emulators/google`. One of them is always in the future.
 */
export const seedEvents = [
  event('ana', 'Planning', '2026-03-04', 'ben'),
  event('ana', 'Planning of the jubilee', '2099-05-04', 'ben'),
  event('ben', 'Dentist', '2026-03-05', 'ben'),
];
