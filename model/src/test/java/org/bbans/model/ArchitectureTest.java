package org.bbans.model;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Who may know whom. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages("org.bbans");

    @Test
    void onlyTrainingKnowsNd4j() {
        noClasses().that().resideOutsideOfPackage("org.bbans.model.train..")
            .should().dependOnClassesThat().resideInAnyPackage("org.nd4j..", "org.bytedeco..").check(CLASSES);
    }

    @Test
    void nothingThatCodesKnowsTraining() {
        noClasses().that().resideInAnyPackage("org.bbans.model", "org.bbans.model.kernel..", "org.bbans.codec..")
            .should().dependOnClassesThat().resideInAPackage("org.bbans.model.train..").check(CLASSES);
    }

    @Test
    void codecDoesNotKnowModel() {
        noClasses().that().resideInAPackage("org.bbans.codec..")
            .should().dependOnClassesThat().resideInAPackage("org.bbans.model..").check(CLASSES);
    }

    /** Loading any other class must not need the incubator module. */
    @Test
    void onlyVectorClassesKnowTheVectorApi() {
        noClasses().that().haveSimpleNameNotStartingWith("Vector")
            .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..").check(CLASSES);
    }

    /** They differ from machine to machine; StrictMath does not, but has no vector twin. */
    @Test
    void nothingThatCodesUsesTheMachinesOwnFunctions() {
        for (String function : new String[] {"exp", "log", "tanh", "sin", "cos", "log10", "log1p", "expm1"}) {
            noClasses().that().resideInAnyPackage("org.bbans.model", "org.bbans.model.kernel..", "org.bbans.codec..")
                .should().callMethod(Math.class, function, double.class).check(CLASSES);
        }
    }
}
