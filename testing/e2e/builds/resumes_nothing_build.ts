/**
 * A build that does not resume an interrupted key rotation, so that a test decides when it resumes.
 */
import { KeyRotation } from '@latchkey/encrypted-saved-objects-plugin/server/testing';

KeyRotation.prototype.resumeLater = () => undefined;
