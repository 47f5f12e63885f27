/**
 * A build that does not resume an interrupted key rotation, so that a test decides when it resumes.
 */
import { KeyRotation } from '../../../plugins/encrypted_saved_objects/server/rotation/index.ts';

KeyRotation.prototype.resumeLater = () => undefined;
