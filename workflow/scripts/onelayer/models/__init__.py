"""The models by the names of the configuration, one file each. onelayer.objective says what a model is."""

from onelayer.models.hinge import Hinge
from onelayer.models.least_squares import LeastSquares
from onelayer.models.logistic import Logistic
from onelayer.models.softmax import Softmax
from onelayer.objective import Model

MODELS: dict[str, Model] = {
    "logistic": Logistic(),
    "softmax": Softmax(),
    "hinge": Hinge(),
    "least_squares": LeastSquares(),
}
