import { z } from 'zod';

const MAX_LENGTH = 256;

/** A password somebody chooses. */
export const newPassword = z.string().min(6).max(MAX_LENGTH);

/** A password somebody presents; rules for new ones do not apply, only the bound. */
export const presentedPassword = z.string().min(1).max(MAX_LENGTH);
