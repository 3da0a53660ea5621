from pathlib import Path
from autograde.course.folder import Course
def test_x(course: Course) -> None:
    print(list(course.root.rglob("*")))
    with course.gradebook() as gb: print(gb.students, gb.assignments, gb.assignments[0].duedate, gb.assignments[0].notebooks[0].grade_cells)
