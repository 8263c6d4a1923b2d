"""Where everything of a BPMN diagram stands: a lane for whose turn it is, and time from left to right.

A state is a block: its task, the gateway after it, and between the two, like a ladder, a rung for each move that stays in
the state. What leaves the block starts at its right side, each move at a height of its own, beside its name. Between two
columns of blocks is a channel, and at the top of each lane a corridor; every flow has a track of its own in those that
it takes, so that flows cross and never run on top of each other, except for the last bit, into the same target.

All heights at which a flow leaves a block lie between those at which one enters a block, so the two never meet either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import define, field, frozen

STEP = 26  # from rung to rung; entries stand on multiples of it, and exits halfway between
TRACK = 10  # from track to track
TASK = (130, 72)
GATEWAY = 50
CIRCLE = 36
LADDER = 190  # from the middle of a task to the middle of the gateway after it: what the longest name of a rung needs
HEADER = 30  # of the pool, and of each lane
MARGIN = 24
LETTER = 6.2  # the width of a letter of a label, and a little more
LINE = 14  # the height of a label
NOTE_LETTER, NOTE_LINE, NOTE_EDGE = 7.0, 15, 8  # the same of a note, whose letters are larger, and its edge
NOTE_GAP = 14  # between a note and what it is about

Point = tuple[int, int]


@frozen
class Box:
    """Where a node or a label stands."""

    x: int
    y: int
    width: int
    height: int

    @property
    def left(self) -> Point:
        """The middle of its left side."""
        return self.x, self.y + self.height // 2

    @property
    def right(self) -> Point:
        """The middle of its right side."""
        return self.x + self.width, self.y + self.height // 2

    @property
    def top(self) -> Point:
        """The middle of its upper side."""
        return self.x + self.width // 2, self.y

    @property
    def bottom(self) -> Point:
        """The middle of its lower side."""
        return self.x + self.width // 2, self.y + self.height


@frozen
class Note:
    """A text, and the line that joins it to what it is about.

    Attributes:
        id: The id of the text.
        joined: The id of the line; None for a text that is about the whole.
        lines: The text, in lines.
    """

    id: str
    joined: str | None
    lines: tuple[str, ...]

    @property
    def width(self) -> int:
        """How wide it is."""
        return round(max(map(len, self.lines)) * NOTE_LETTER) + 2 * NOTE_EDGE

    @property
    def height(self) -> int:
        """How high it is."""
        return len(self.lines) * NOTE_LINE + 2 * NOTE_EDGE


@frozen(kw_only=True)
class Block:
    """What is to be placed: a state, or the start.

    Attributes:
        name: Its name.
        lane: The lane in which it stands.
        first: The id of a node to the left of the task, such as the start; None where there is none.
        entered: The id of the gateway through which the task is entered; None where there is none.
        task: The id of the task; None for a place where nobody rests.
        asked: The id of the gateway after the task, or of the place itself where nobody rests.
        refused: What a refused command passes on its way back to the task: its id, and those of the flows to and from it.
        end: The id of the end that closes the block; alone, of the place itself.
        names: The names of the circles and gateways that have one, by id.
        links: The flows between neighbours in the block: from left to right.
        closes: The flow from the gateway to the end that closes the block, with its name.
        note: What is said of the place, above it.
        stays: The flows that lead back to the task, with their names.
        leaves: The flows to other blocks, with their names and the name of the block.
        leaves_at_once: Such flows from the gateway through which the task is entered.
        final: Whether it stands at the right edge.
    """

    name: str
    lane: str
    first: str | None = None
    entered: str | None = None
    task: str | None = None
    asked: str | None = None
    refused: tuple[str, str, str] | None = None
    end: str | None = None
    names: Mapping[str, str] = field(factory=dict)
    links: tuple[tuple[str, str, str], ...] = ()
    closes: tuple[str, str] | None = None
    note: Note | None = None
    stays: tuple[tuple[str, str], ...] = ()
    leaves: tuple[tuple[str, str, str], ...] = ()
    leaves_at_once: tuple[tuple[str, str, str], ...] = ()
    final: bool = False


@define
class Placed:
    """The result: a box for every node, every lane and the pool; a line and perhaps a label for every flow.

    Attributes:
        pool: The whole.
        lanes: The lanes, by name.
        boxes: The nodes, by id.
        labels: The labels, by the id of what they name.
        lines: The flows, by id.
    """

    pool: Box = field(factory=lambda: Box(0, 0, 0, 0))
    lanes: dict[str, Box] = field(factory=dict)
    boxes: dict[str, Box] = field(factory=dict)
    labels: dict[str, Box] = field(factory=dict)
    lines: dict[str, tuple[Point, ...]] = field(factory=dict)


@define
class _Size:
    """How much room a block takes: to the right, above the line on which it is entered, and below."""

    width: int
    above: int
    below: int


def place(blocks: tuple[Block, ...], below: tuple[Note, ...] = ()) -> Placed:
    """Place every block, and lead every flow.

    Args:
        blocks: The start and the states.
        below: What is said under the pool, from left to right.
    """
    placed = _Placing(blocks, _columns(blocks)).placed()
    x, y = placed.pool.x, placed.pool.y + placed.pool.height + 2 * MARGIN
    for note in below:
        placed.boxes[note.id] = Box(x, y, note.width, note.height)
        x += note.width + 2 * MARGIN
    return placed


def _columns(blocks: tuple[Block, ...]) -> dict[str, int]:
    """The column of each block: after everything that leads to it, what leads back not counted; the ends at the edge."""
    order = {block.name: number for number, block in enumerate(blocks)}
    columns = dict.fromkeys(order, 0)
    for block in blocks:  # in the table's order, which is that of time: what comes before is placed before
        for _, _, target in _leaving(block):
            if order[target] > order[block.name]:
                columns[target] = max(columns[target], columns[block.name] + 1)
    last = max(columns.values())
    return {name: last if blocks[order[name]].final else column for name, column in columns.items()}


def _leaving(block: Block) -> Iterator[tuple[str, str, str]]:
    yield from block.leaves_at_once
    yield from block.leaves


def _up(value: float, step: int = STEP) -> int:
    return -int(-value // step) * step


class _Placing:
    def __init__(self, blocks: tuple[Block, ...], columns: Mapping[str, int]) -> None:
        self.blocks = blocks
        self.columns = columns
        self.result = Placed()
        self.exits: dict[str, Point] = {}  # by flow: where it leaves its block
        self.entries: dict[str, Point] = {}  # by block: where it is entered

    def placed(self) -> Placed:
        tracks_of_channel = self._count_tracks()
        left = 2 * HEADER + MARGIN
        starts: list[int] = []
        for column in range(max(self.columns.values()) + 1):
            left += tracks_of_channel[column] * TRACK + MARGIN
            starts.append(left)
            left += max(_size(block).width for block in self.blocks if self.columns[block.name] == column)
        bottom = 0
        corridors: dict[str, int] = {}
        for lane in dict.fromkeys(block.lane for block in self.blocks):
            corridors[lane] = bottom + MARGIN // 2
            height = self._fill_lane(lane, bottom, starts)
            self.result.lanes[lane] = Box(HEADER, bottom, left + MARGIN - HEADER, height)
            bottom += height
        self.result.pool = Box(0, 0, left + MARGIN, bottom)
        self._lead(starts, corridors)
        return self.result

    def _between(self) -> Iterator[tuple[str, Block, str, bool]]:
        """Every flow between blocks: itself, from and to where, and whether it takes a corridor."""
        for block in self.blocks:
            for flow, _, target in _leaving(block):
                yield flow, block, target, self.columns[target] != self.columns[block.name] + 1

    def _count_tracks(self) -> dict[int, int]:
        """How many tracks the channel to the left of each column needs; the one beyond the last column is there too."""
        tracks = dict.fromkeys(range(max(self.columns.values()) + 2), 0)
        for _, block, target, far in self._between():
            tracks[self.columns[block.name] + 1] += 1
            if far:
                tracks[self.columns[target]] += 1
        return tracks

    def _fill_lane(self, lane: str, top: int, starts: list[int]) -> int:
        corridor = sum(self._lane_of(target) == lane for _, _, target, far in self._between() if far) * TRACK
        begin = lowest = top + corridor + MARGIN
        for column, x in enumerate(starts):
            y = begin
            for block in self.blocks:
                if block.lane == lane and self.columns[block.name] == column:
                    size = _size(block)
                    line = _up(y + size.above)
                    self._put(block, x, line)
                    y = line + size.below + MARGIN
            lowest = max(lowest, y)
        return lowest - top

    def _lane_of(self, name: str) -> str:
        return next(block.lane for block in self.blocks if block.name == name)

    def _put(self, block: Block, x: int, line: int) -> None:
        boxes, lines = self.result.boxes, self.result.lines
        self.entries[block.name] = (x, line)
        right, top = x + _size(block).width, line - _size(block).above
        if block.first is not None:
            x = self._circle(block, block.first, x, line) + MARGIN
        if block.entered is not None:
            boxes[block.entered] = gateway = Box(x, line - GATEWAY // 2, GATEWAY, GATEWAY)
            for number, (flow, name, _) in enumerate(block.leaves_at_once):
                y = line - TASK[1] // 2 - STEP // 2 - number * STEP
                y += (STEP // 2 - y) % STEP - STEP  # halfway between two entries
                begins = gateway.x + GATEWAY + MARGIN + TASK[0]  # right of the line from the task to its note
                self._exit(flow, name, (gateway.top, (gateway.top[0], y)), begins, right)
            x += GATEWAY + MARGIN
        if block.task is not None and block.asked is not None:
            boxes[block.task] = task = Box(x, line - TASK[1] // 2, *TASK)
            middle = x + TASK[0] // 2 + LADDER
            boxes[block.asked] = gateway = Box(middle - GATEWAY // 2, line - GATEWAY // 2, GATEWAY, GATEWAY)
            self._ladder(block, task, gateway)
            self._note(block.note, task, top)
            for flow, source, target in block.links:
                lines[flow] = boxes[source].right, boxes[target].left
        elif block.asked is not None:
            name = block.names[block.asked]
            x += _beyond_gateway(name)  # its name stands to the left, where no flow leaves
            self.entries[block.name] = (x, line)
            boxes[block.asked] = gateway = Box(x, line - GATEWAY // 2, GATEWAY, GATEWAY)
            self._note(block.note, gateway, top)
            self.result.labels[block.asked] = Box(
                x + GATEWAY - _width(name), line + GATEWAY // 2 + 4, _width(name), LINE
            )
        else:
            assert block.end is not None  # noqa: S101 - a block without a task and a gateway is an end
            self._circle(block, block.end, x, line)
            self._note(block.note, boxes[block.end], top)
            return
        if block.end is not None:
            flow, name = block.closes or ("", "")
            end = gateway.x + GATEWAY + _width(name) + MARGIN
            self._circle(block, block.end, end, line)
            lines[flow] = gateway.right, (end, line)
            self.result.labels[flow] = Box(gateway.right[0] + MARGIN // 2, line - LINE - 2, _width(name), LINE)
        trunk = gateway.right[0] + TRACK
        for number, (flow, name, _) in enumerate(block.leaves):
            y = line + STEP // 2 + number * STEP
            self._exit(flow, name, (gateway.right, (trunk, line), (trunk, y)), trunk, right)

    def _circle(self, block: Block, node: str, x: int, line: int) -> int:
        self.result.boxes[node] = circle = Box(x, line - CIRCLE // 2, CIRCLE, CIRCLE)
        self._name(block, node, circle)
        return circle.right[0]

    def _name(self, block: Block, node: str, box: Box) -> None:
        if name := block.names.get(node):
            width = _width(name)
            self.result.labels[node] = Box(box.bottom[0] - width // 2, box.bottom[1] + 4, width, LINE)

    def _note(self, note: Note | None, about: Box, top: int) -> None:
        if note is None or note.joined is None:
            return
        x, y = about.top
        self.result.boxes[note.id] = Box(about.x, top, note.width, note.height)
        self.result.lines[note.joined] = (x, y), (x, top + note.height)

    def _exit(self, flow: str, name: str, points: tuple[Point, ...], x: int, right: int) -> None:
        y = points[-1][1]
        self.result.lines[flow] = (*points, (right, y))
        self.result.labels[flow] = Box(x + 6, y - LINE - 2, _width(name), LINE)
        self.exits[flow] = (right, y)

    def _ladder(self, block: Block, task: Box, gateway: Box) -> None:
        up, down = task.bottom, gateway.bottom
        y = task.bottom[1] + CIRCLE // 2 + 6
        if block.refused is not None:
            node, there, back = block.refused
            middle = (up[0] + down[0]) // 2 - CIRCLE // 2
            self._circle(block, node, middle, y)
            self.result.lines[there] = down, (down[0], y), (middle + CIRCLE, y)
            self.result.lines[back] = (middle, y), (up[0], y), up
            y += CIRCLE // 2 + LINE + 4
        for flow, name in block.stays:
            y += STEP - 4
            self.result.lines[flow] = (down, (down[0], y), (up[0], y), up)
            width = _width(name)
            self.result.labels[flow] = Box((up[0] + down[0]) // 2 - width // 2, y - LINE - 1, width, LINE)

    def _lead(self, starts: list[int], corridors: Mapping[str, int]) -> None:
        """Lead every flow from the right side of its block through channels and corridors to its target."""
        flows = {flow: (block, target, far) for flow, block, target, far in self._between()}
        ends = [
            start + max(_size(b).width for b in self.blocks if self.columns[b.name] == column)
            for column, start in enumerate(starts)
        ]
        used = {
            column: ends[column - 1] + MARGIN // 2 if column else 2 * HEADER + MARGIN
            for column in range(len(starts) + 1)
        }
        used_of_lane = dict(corridors)
        first: dict[str, int] = {}
        # What goes up keeps to the left of what goes up from further below; what goes down, the other way round.
        for flow in sorted(flows, key=lambda each: self._order(each, *flows[each])):
            column = self.columns[flows[flow][0].name] + 1
            first[flow] = used[column]
            used[column] += TRACK
        for flow, (_, target, far) in flows.items():
            x, y = self.exits[flow]
            entry_x, entry_y = self.entries[target]
            turn = first[flow]
            if far:
                lane = self._lane_of(target)
                height, column = used_of_lane[lane], self.columns[target]
                used_of_lane[lane] += TRACK
                second = used[column]
                used[column] += TRACK
                way: tuple[Point, ...] = ((turn, y), (turn, height), (second, height), (second, entry_y))
            else:
                way = ((turn, y), (turn, entry_y))
            self.result.lines[flow] = _straightened((*self.result.lines[flow], (x, y), *way, (entry_x, entry_y)))

    def _order(self, flow: str, block: Block, target: str, far: bool) -> tuple[int, bool, int]:  # noqa: FBT001
        y, entry = self.exits[flow][1], self.entries[target][1]
        lanes = self.result.lanes
        goes_up = lanes[self._lane_of(target)].y < y if far else entry < y
        return self.columns[block.name], goes_up, y if goes_up else -y


def _straightened(points: Iterable[Point]) -> tuple[Point, ...]:
    """The same line without points that repeat, or lie on the way between their neighbours."""
    kept: list[Point] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and any(kept[-2][axis] == kept[-1][axis] == point[axis] for axis in (0, 1)):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _width(name: str) -> int:
    return round(len(name) * LETTER) + 6


def _beyond_gateway(name: str) -> int:
    return max(0, _width(name) - GATEWAY)


def _size(block: Block) -> _Size:
    size = _size_without_note(block)
    if block.note is None:
        return size
    beside = 0 if block.task is not None or block.asked is None else _beyond_gateway(block.names[block.asked])
    beside += 0 if block.entered is None else GATEWAY + MARGIN
    width = max(size.width, beside + block.note.width)
    return _Size(width, size.above + NOTE_GAP + block.note.height, size.below)


def _size_without_note(block: Block) -> _Size:
    if block.asked is None:
        return _Size(max([CIRCLE, *map(_width, block.names.values())]), CIRCLE // 2, CIRCLE // 2 + LINE + 4)
    # What leaves at once has its name between the task and the right side, of which the ladder is a part.
    at_once = (_width(name) - LADDER + TASK[0] // 2 for _, name, _ in block.leaves_at_once)
    widest = max((*(_width(name) for _, name, _ in block.leaves), *at_once), default=0)
    above = below = GATEWAY // 2
    width = GATEWAY + TRACK + 6 + widest
    if block.end is not None:
        width += _width((block.closes or ("", ""))[1]) + MARGIN + CIRCLE + MARGIN
    if block.task is None:
        width += _beyond_gateway(block.names[block.asked])
        return _Size(width, above, max(below + LINE + 4, STEP * len(block.leaves)))
    width += TASK[0] // 2 + LADDER - GATEWAY // 2
    above = TASK[1] // 2
    below = TASK[1] // 2 + 6 + CIRCLE + LINE + 4 + (STEP - 4) * len(block.stays)
    if block.first is not None:
        width += CIRCLE + MARGIN
    if block.entered is not None:
        width += GATEWAY + MARGIN
        above += STEP * (len(block.leaves_at_once) + 1)
    return _Size(width, above, max(below, STEP * len(block.leaves)))
