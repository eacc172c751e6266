"""What choosing a preset changes of a policy, and what it leaves. Pure."""

from dataclasses import replace

from copilot.suggestions.noise_policy import PRESETS, NoisePolicy, Preset


def with_preset(policy: NoisePolicy, preset: Preset) -> NoisePolicy:
    """The preset's numbers; the kinds, what is muted and the quiet hours stay.

    Those are not about how much is said: a kind that a team never wants stays unwanted when they
    are told more, and their night stays a night.
    """
    return replace(
        PRESETS[preset],
        kinds=policy.kinds,
        muted=policy.muted,
        quiet_hours=policy.quiet_hours,
        version=policy.version,
    )


def preset_like(policy: NoisePolicy) -> Preset | None:
    """The preset whose numbers these are, or None for numbers of somebody's own."""
    for preset in Preset:
        if with_preset(policy, preset) == policy:
            return preset
    return None
