import { EuiAvatar } from '@elastic/eui';
import { cssImageUrl } from './css_image_url.ts';

/** A space as avatars and lists show it. */
export interface SpaceView {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly color?: string | undefined;
  readonly initials?: string | undefined;
  /** Data URL of the picture. Empty or absent: the space has none. */
  readonly imageUrl?: string | undefined;
  /** `true`: the default space, which cannot be deleted. */
  readonly _reserved?: boolean | undefined;
}

/**
 * Picture or initials of a space. Screen readers read the name beside the avatar, not the avatar.
 */
export function SpaceAvatar(props: {
  readonly space: Omit<SpaceView, 'id'>;
  readonly size?: 's' | 'm';
  /**
   * `true`: the avatar shows the name in a tooltip, because the name is not beside it. Default:
   * `false`.
   */
  readonly hasTooltip?: boolean;
}) {
  const { space, size = 's', hasTooltip = false } = props;
  const { name, color, initials, imageUrl } = space;
  const common = { type: 'space', size, name, 'aria-hidden': 'true' } as const;
  return (
    // EUI takes the tooltip and the color from the name, so the name is always set, and pointer
    // events are off when no tooltip is wanted.
    <span css={{ display: 'inline-flex', pointerEvents: hasTooltip ? 'auto' : 'none' }}>
      {imageUrl !== undefined && imageUrl !== '' ? (
        <EuiAvatar {...common} imageUrl={cssImageUrl(imageUrl)} />
      ) : (
        <EuiAvatar
          {...common}
          {...(color === undefined ? {} : { color })}
          {...(initials === undefined || initials === ''
            ? {}
            : { initials, initialsLength: initials.length === 1 ? 1 : 2 })}
        />
      )}
    </span>
  );
}
