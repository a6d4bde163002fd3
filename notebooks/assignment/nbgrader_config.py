"""What nbgrader needs to know about this folder, which is the course."""

c = get_config()  # noqa: F821  nbgrader calls this file with it

c.CourseDirectory.course_id = "framing"
c.ExecutePreprocessor.timeout = 120  # seconds a cell may take
