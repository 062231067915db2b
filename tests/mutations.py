"""Damaged copies of a valid file: what the tests of the readers draw from."""

import struct

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings

LENGTHS = (0, 1, 2, 255, 256, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def seeded(examples):
    """Hypothesis settings: so many examples, the same ones every time, and no example may take long."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=10_000,
        suppress_health_check=list(HealthCheck),
    )


def mutations(content, header):
    """Strategy of copies of `content`, bytes, after one to three damages; `header` is the range of its header."""
    place = st.integers(0, len(content) - 1)
    size = st.integers(1, 64)
    damage = st.one_of(
        st.builds(flip, place, st.integers(0, 7)),
        st.builds(overwrite, place, st.binary(min_size=1, max_size=8)),
        st.builds(truncate, place),
        st.builds(cut, place, size),
        st.builds(insert, place, st.binary(min_size=1, max_size=64)),
        st.builds(repeat, place, size),
        st.builds(swap, place, place, size),
        st.builds(write_length, st.sampled_from(header), st.sampled_from(LENGTHS), st.sampled_from("<>")),
        st.builds(flip, st.sampled_from(header), st.integers(0, 7)),
    )
    return st.lists(damage, min_size=1, max_size=3).map(lambda damages: _apply(content, damages))


def flip(place, bit):
    """Flip one bit, if the content still has that byte."""
    return lambda content: (
        content[:place] + bytes(byte ^ 1 << bit for byte in content[place : place + 1]) + content[place + 1 :]
    )


def overwrite(place, new):
    """Write other bytes over some."""
    return lambda content: content[:place] + new + content[place + len(new) :]


def truncate(place):
    """End early."""
    return lambda content: content[:place]


def cut(place, size):
    """Leave bytes out."""
    return lambda content: content[:place] + content[place + size :]


def insert(place, new):
    """Put bytes in."""
    return lambda content: content[:place] + new + content[place:]


def repeat(place, size):
    """Say bytes twice."""
    return lambda content: content[: place + size] + content[place:]


def swap(one, other, size):
    """Let two chunks change places."""
    first, second = sorted((one, other))
    second = max(second, first + size)
    return lambda content: (
        content[:first]
        + content[second : second + size]
        + content[first + size : second]
        + content[first : first + size]
        + content[second + size :]
    )


def write_length(place, length, order):
    """Write a 32-bit number, in one byte order or the other."""
    return overwrite(place, struct.pack(f"{order}I", length))


def _apply(content, damages):
    for damage in damages:
        content = damage(content)
    return content
