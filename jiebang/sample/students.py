"""Inventing students: names out of lists, and skills out of what their track teaches."""

from collections.abc import Mapping, Sequence
from random import Random

from domain.students import Student
from jiebang.sample.entries import MemberEntry, NamesFile, TracksFile

MAIN_CHANCES = {2: 15, 3: 45, 4: 30, 5: 10}
SIDE_CHANCES = {1: 35, 2: 45, 3: 20}
CERTIFIED, BY_A_FACTORY = 0.45, 0.2


class StudentMaker:
    """Invents names and skills; with the same `random` the same ones in the same order."""

    def __init__(self, random: Random, names: NamesFile, tracks: TracksFile) -> None:
        self._random = random
        self._tracks = tracks
        self._names = [
            (f"{family_zh}{given_zh}", f"{family_en} {given_en}")
            for family_zh, family_en in names.family
            for given_zh, given_en in names.given
        ]
        random.shuffle(self._names)

    def invent(self, track: str) -> MemberEntry:
        """Somebody on a track: its first skill, some others, some beside them and one of project work."""
        random, skills = self._random, self._tracks.tracks[track]
        first, *others = skills.main
        own = self._levels([first, *random.sample(others, k=random.randint(2, 4))], MAIN_CHANCES)
        beside = [*random.sample(skills.side, k=random.randint(1, 3)), random.choice(self._tracks.project)]
        certified = {code: level for code, level in own.items() if random.random() < CERTIFIED}
        rated = {code: level for code, level in own.items() if code not in certified}
        return MemberEntry(
            name=self._names.pop(), certified=certified, rated=rated | self._levels(beside, SIDE_CHANCES)
        )

    def enrol(self, id: str, school_id: str, entry: MemberEntry, factory_ids: Sequence[str]) -> Student:
        """The student with the entry's skills, certified by the school or now and then by a factory."""
        student = Student.enrol(id, school_id)
        student.rate_own_skills(entry.rated)
        for code, level in entry.certified.items():
            by_a_factory = self._random.random() < BY_A_FACTORY
            student.certify(code, level, by=self._random.choice(factory_ids) if by_a_factory else school_id)
        return student

    def _levels(self, codes: Sequence[str], chances: Mapping[int, int]) -> dict[str, int]:
        levels = self._random.choices(list(chances), list(chances.values()), k=len(codes))
        return dict(zip(codes, levels, strict=True))
